"""A simulator of child-labour-free zones."""
