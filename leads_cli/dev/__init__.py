"""The whole pipeline on one machine: the real template in an embedded AWS, around it what Lambda and API Gateway do."""
