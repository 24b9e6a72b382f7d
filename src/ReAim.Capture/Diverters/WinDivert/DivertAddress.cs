using System.Runtime.InteropServices;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What the driver says of a packet, and is told when that is sent again (windivert.h, WINDIVERT_ADDRESS: 80 bytes).</summary>
[StructLayout(LayoutKind.Explicit, Size = Length)]
internal struct DivertAddress
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = 80;

    /// <summary>When the packet came: ticks of the performance counter.</summary>
    [FieldOffset(0)]
    public long Timestamp;

    /// <summary>Its <see cref="DivertLayer"/>.</summary>
    [FieldOffset(8)]
    public byte Layer;

    /// <summary>0 for a packet.</summary>
    [FieldOffset(9)]
    public byte Event;

    /// <summary>What kind of packet it is.</summary>
    [FieldOffset(10)]
    public DivertTraits Traits;

    /// <summary>The interface by which it came or goes.</summary>
    [FieldOffset(16)]
    public uint InterfaceIndex;

    /// <summary>Its part.</summary>
    [FieldOffset(20)]
    public uint SubInterfaceIndex;

    /// <summary>True if it has any of some traits.</summary>
    public readonly bool Has(DivertTraits traits) => (Traits & traits) != 0;
}
