"""The readers, one module each, behind one small protocol."""
