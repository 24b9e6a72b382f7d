// Only tests that wait more than they work run beside each other: two cores are few.
[assembly: LevelOfParallelism(4)]
