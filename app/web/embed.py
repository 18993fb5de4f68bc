"""The graph inside other people's pages."""

from fastapi import APIRouter

router = APIRouter(tags=["embedding"])
