module example.com/offload/go

go 1.20
