"""What pages are made of: the only place in lib that imports streamlit."""
