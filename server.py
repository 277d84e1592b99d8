"""What `python -m lib` serves: the pages, with uploads on disk. `streamlit run Home.py` serves them without."""

import streamlit as st
from starlette.middleware import Middleware

from lib.ui.upload_middleware import SpooledUploads
from lib.ui.uploads import spooling

app = st.App("Home.py", middleware=[Middleware(SpooledUploads)], lifespan=spooling)
