namespace ReAim.Alg.Streams;

/// <summary>A server that is not watched yet: the bytes that name it wait, so that no connection to it goes by unseen.</summary>
/// <param name="Flow">The flow on which it was named.</param>
/// <param name="Side">The direction.</param>
/// <param name="Server">The server.</param>
/// <param name="From">The first offset that waits.</param>
internal readonly record struct AwaitedServer(Flow Flow, StreamSide Side, ExpectedServer Server, long From);
