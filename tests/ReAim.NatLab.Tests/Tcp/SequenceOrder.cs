namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The order of sequence numbers, modulo 2^32 (RFC 9293 3.4).</summary>
internal static class SequenceOrder
{
    public static bool IsBefore(uint a, uint b) => (int)(a - b) < 0;

    public static bool IsAtOrBefore(uint a, uint b) => (int)(a - b) <= 0;

    /// <summary>How far it is from one to another; negative if the other lies before.</summary>
    public static int Distance(uint from, uint to) => (int)(to - from);
}
