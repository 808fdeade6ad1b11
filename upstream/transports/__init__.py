"""Ways to get bytes to GitLab and back, all behind `base.Transport`."""
