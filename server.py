"""What `python -m lib` serves: the pages behind sign-in, with uploads and large downloads kept on disk.

`streamlit run Home.py` serves them without, to this machine alone.
"""

import sys

import streamlit as st
from starlette.middleware import Middleware
from streamlit.auth_util import get_secrets_auth_section

from lib.errors import SettingsError
from lib.settings import get_settings
from lib.sign_in import check_start
from lib.ui.download_middleware import StreamedDownloads
from lib.ui.health_middleware import HealthCheck
from lib.ui.sign_in_middleware import SignInRequired
from lib.ui.upload_middleware import SpooledUploads
from lib.ui.uploads import spooling

# The first sees a request first: what asks for health is no person and signs in nowhere.
MIDDLEWARE = [
    Middleware(HealthCheck),
    Middleware(SignInRequired),
    Middleware(StreamedDownloads),
    Middleware(SpooledUploads),
]

try:
    # `python -m lib` looked already; whoever serves this file in another way is told here.
    check_start(get_settings(), st.get_option("server.address"), get_secrets_auth_section().to_dict())
except SettingsError as error:
    sys.exit(str(error))
app = st.App("Home.py", middleware=MIDDLEWARE, lifespan=spooling)
