scenes! {}
