"""The ports in memory: for tests and for the simulator, held to the AWS adapters by contract."""
