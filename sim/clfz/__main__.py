"""`python -m clfz` does what `clfz` does."""

from clfz.cli import main

if __name__ == "__main__":
    main()
