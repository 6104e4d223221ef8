"""What every chart stands on. The canvas knows no screen."""
