"""Reads schemas/<service>/*.json and writes everything that is generated from them.

model      what a message is, once it has been read and checked
reading    JSON to model; every mistake becomes a Problem that says where it is and what to do
naming     how titles, fields and files are spelt in C++
cpp        ids.hpp, and messages.hpp and codecs.{hpp,cpp} per service
outputs    writes files atomically, only when their content changed
"""
