"""The demonstration: invented outlets of all seven jurisdictions, served on loopback as real sites."""
