"""Reads schemas/<service>/*.json and writes everything that is generated from them.

model        what a message is, once it has been read and checked
reading      JSON to model; every mistake becomes a Problem that says where it is and what to do
history      what every message has looked like, and whether it may look as it does now
naming       how titles, fields and files are spelt in C++
cpp          ids.hpp, and messages.hpp and codecs.{hpp,cpp} per service
golden       an example of every message as JSON and bytes, and the C++ test that holds the codecs against them
messagepack  the encoder of those bytes
asyncapi     the AsyncAPI 3 document
catalogue    every message as C++ tables, for the operator's command
outputs      writes files atomically, only when their content changed
main         the command line
testing      what the tests of this package share
"""
