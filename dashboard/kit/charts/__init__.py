"""What all charts share. The canvas does not use Streamlit."""
