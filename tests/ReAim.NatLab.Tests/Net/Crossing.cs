namespace ReAim.NatLab.Tests.Net;

/// <summary>A datagram seen at one end of a link, as a capture there would see it.</summary>
/// <param name="End">Where.</param>
/// <param name="IsLeaving">True if the node at that end sent it, false if it arrived there.</param>
/// <param name="Time">Nanoseconds of the simulation.</param>
/// <param name="Datagram">The bytes. They are about to be used by others: whoever keeps them copies them.</param>
internal readonly record struct Crossing(LinkEnd End, bool IsLeaving, long Time, byte[] Datagram);
