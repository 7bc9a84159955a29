"""Plug-ins for a Gonghui district: ask (Bus), follow and answer with a store of one's own (Service)."""

from gonghui.client import Bus, Reply, Request, Unanswered, officer, worker
from gonghui.feed import Feed, Forked
from gonghui.service import Accepted, Actor, Event, Refused, Service
from gonghui.wire import Hub, KeyPair, request_id

__all__ = ["Accepted", "Actor", "Bus", "Event", "Feed", "Forked", "Hub", "KeyPair", "Refused", "Reply", "Request",
           "Service", "Unanswered", "officer", "request_id", "worker"]
