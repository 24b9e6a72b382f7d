using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway.Guard;

/// <summary>What a worker asks the guard's keeper, as bytes. An answer has the same number; what answers nothing is skipped.</summary>
/// <param name="Number">Which question it is.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Flow">About which connection.</param>
/// <remarks>
/// <code>
///  0        4      8           12    14        18    20
///  +--------+------+-----------+-----+---------+-----+
///  | number | kind | LAN host  | port| server  | port|
/// </code>
/// </remarks>
internal readonly record struct GuardMessage(uint Number, GuardQuestion Kind, FlowKey Flow)
{
    /// <summary>Bytes of a question.</summary>
    public const int Length = FlowOffset + FlowLength;

    /// <summary>Bytes of a connection.</summary>
    public const int FlowLength = 12;

    /// <summary>Bytes before an answer's content.</summary>
    public const int NumberLength = 4;

    private const int FlowOffset = 8;
    private const int EndLength = 6;

    /// <summary>Reads one; false if it has another length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out GuardMessage message)
    {
        bool isWhole = bytes.Length == Length;
        message = isWhole ? new GuardMessage(MemoryMarshal.Read<uint>(bytes), (GuardQuestion)bytes[NumberLength], ReadFlow(bytes[FlowOffset..])) : default;
        return isWhole;
    }

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> bytes)
    {
        bytes[..Length].Clear();
        MemoryMarshal.Write(bytes, Number);
        bytes[NumberLength] = (byte)Kind;
        WriteFlow(Flow, bytes[FlowOffset..]);
    }

    /// <summary>Reads a connection.</summary>
    public static FlowKey ReadFlow(ReadOnlySpan<byte> bytes) => new(ReadEnd(bytes), ReadEnd(bytes[EndLength..]));

    /// <summary>Writes a connection.</summary>
    public static void WriteFlow(FlowKey flow, Span<byte> bytes)
    {
        WriteEnd(flow.Lan, bytes);
        WriteEnd(flow.Remote, bytes[EndLength..]);
    }

    private static Ipv4Endpoint ReadEnd(ReadOnlySpan<byte> bytes) => new(Ipv4Address.Read(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]));

    private static void WriteEnd(Ipv4Endpoint end, Span<byte> bytes)
    {
        end.Address.Write(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], end.Port);
    }
}
