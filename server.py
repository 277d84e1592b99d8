"""What `python -m lib` serves: the pages, with uploads on disk. `streamlit run Home.py` serves them without."""

import streamlit as st
from starlette.middleware import Middleware

from lib.ui.uploads import SpooledUploads, spooling

app = st.App("Home.py", middleware=[Middleware(SpooledUploads)], lifespan=spooling)
