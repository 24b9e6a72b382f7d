using ReAim.Alg.Wire;

namespace ReAim.Alg;

/// <summary>
/// Where a server sends its client next, as a login reply or a service redirect says (PROTOCOL 5). Allocated: these are
/// read a few times per sign-on.
/// </summary>
/// <param name="LanHost">The client that was told.</param>
/// <param name="Host">The host as written: a dotted address or a name. A name is not resolved here.</param>
/// <param name="Port">The port; 5190 if none was written.</param>
public sealed record ExpectedServer(Ipv4Address LanHost, string Host, ushort Port);
