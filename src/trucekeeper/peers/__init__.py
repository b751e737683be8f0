"""Talk with other machines: witnesses, mirrors, timestamping authorities."""
