"""What every part of the mock uses: errors, time, the queue, how a server was started."""
