"""One module a topic, one `APIRouter` each."""
