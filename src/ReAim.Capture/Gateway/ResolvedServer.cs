using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>A server whose name was looked up.</summary>
/// <param name="Server">As it was named.</param>
/// <param name="Addresses">Its addresses; none if it has none.</param>
internal readonly record struct ResolvedServer(ExpectedServer Server, Ipv4Address[] Addresses);
