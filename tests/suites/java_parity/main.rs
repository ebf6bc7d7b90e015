//! What Java does, and what we do: each scenario that was observed on Tomcat 8.5.28, the server that the Java
//! original came with, is a test here, which says both answers in a line each.
//!
//! Left out are the figures for memory and processor time at rest: a test cannot decide them, a benchmark can.

mod closing;
mod endings;
mod endpoint;
mod frames;
mod methods_and_headers;
mod offers;
mod original;
mod paths;
mod pushes;
mod sending;
