using System.Runtime.CompilerServices;

// Structures cross to the library as they lie in memory.
[assembly: DisableRuntimeMarshalling]
