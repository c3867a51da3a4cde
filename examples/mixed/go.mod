module example.com/offload/mixed

go 1.20
