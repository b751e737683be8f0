from tests.demo_office import drilled, office

__all__ = ["drilled", "office"]
