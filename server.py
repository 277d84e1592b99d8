"""What `python -m lib` serves: the pages, with uploads and large downloads kept on disk.

`streamlit run Home.py` serves them without.
"""

import streamlit as st
from starlette.middleware import Middleware

from lib.ui.download_middleware import StreamedDownloads
from lib.ui.upload_middleware import SpooledUploads
from lib.ui.uploads import spooling

app = st.App("Home.py", middleware=[Middleware(StreamedDownloads), Middleware(SpooledUploads)], lifespan=spooling)
