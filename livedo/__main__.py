"""`python -m livedo` is the same as `livedo`."""

from livedo.surfaces.cli import main

if __name__ == "__main__":
    main()
