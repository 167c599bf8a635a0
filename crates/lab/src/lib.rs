//! Two Linux kernels and one scripted wire.
