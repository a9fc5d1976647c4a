"""One file listens to one provider."""
