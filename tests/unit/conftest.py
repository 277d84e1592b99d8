"""Made-up examples are the same in every run, and none is timed: a busy machine would refuse a slow one."""

from hypothesis import settings

settings.load_profile("ci")
