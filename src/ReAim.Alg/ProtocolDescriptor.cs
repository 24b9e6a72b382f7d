namespace ReAim.Alg;

/// <summary>
/// A protocol the engine helps: its name, its usual ports, and how to read it. Adding a protocol is one folder with its
/// reader and one line in <see cref="ProtocolTable"/>.
/// </summary>
/// <param name="Name">The word in options and logs.</param>
/// <param name="DefaultPort">The server port a diverter watches when none is configured.</param>
public abstract record ProtocolDescriptor(string Name, ushort DefaultPort);
