"""JSON as nlohmann::json 3.11 reads and writes it."""
