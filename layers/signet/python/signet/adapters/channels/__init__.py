"""One file sends through one provider."""
