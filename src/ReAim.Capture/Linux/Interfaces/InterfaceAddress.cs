using ReAim.Alg.Wire;

namespace ReAim.Capture.Linux.Interfaces;

/// <summary>An IPv4 address of this machine.</summary>
/// <param name="Interface">The index of the interface that has it.</param>
/// <param name="Address">The address; of a link with one other end, ours.</param>
/// <param name="PrefixLength">How many leading bits its network shares.</param>
/// <param name="IsSecondary">True if the interface has an earlier one of the same network.</param>
internal readonly record struct InterfaceAddress(int Interface, Ipv4Address Address, int PrefixLength, bool IsSecondary);
