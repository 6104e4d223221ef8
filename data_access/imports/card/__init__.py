"""What stands beside a customer in files: read, judged like its form, and saved by the commands of the form."""
