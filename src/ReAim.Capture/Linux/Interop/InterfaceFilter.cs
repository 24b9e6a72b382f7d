using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>
/// A filter on a socket that drops what comes in by some interfaces, as if it had been lost on the way: a listener's SYNs never
/// become connections (socket(7), SO_ATTACH_FILTER; linux/filter.h). It needs no right.
/// </summary>
internal static class InterfaceFilter
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int DetachFilter = 27;

    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    /// <summary>Where a program finds the number of the interface: SKF_AD_OFF + SKF_AD_IFINDEX.</summary>
    private const uint InterfaceIndex = unchecked((uint)(-0x1000 + 8));

    private const uint Everything = 0xFFFF_FFFF;

    /// <summary>More would not fit into a jump.</summary>
    private const int MaxInterfaces = 128;

    /// <summary>Drops what comes in by interfaces; those that are not there now are left out.</summary>
    /// <param name="socket">The socket; a filter it had is replaced.</param>
    /// <param name="interfaces">Their names.</param>
    /// <returns>False if the system does not let it.</returns>
    public static unsafe bool TryAttach(Socket socket, IReadOnlyList<string> interfaces)
    {
        uint[] indexes = [.. interfaces.Take(MaxInterfaces).Select(Index).Where(index => index > 0)];
        var program = new Instruction[indexes.Length + 3];
        program[0] = new Instruction(Load, 0, InterfaceIndex);
        for (int i = 0; i < indexes.Length; i++)
        {
            program[i + 1] = new Instruction(JumpIfEqual, (byte)(indexes.Length - i), indexes[i]);
        }

        program[^2] = new Instruction(Return, 0, Everything);
        program[^1] = new Instruction(Return, 0, 0);
        fixed (Instruction* first = program)
        {
            var whole = new Whole { Length = (ushort)program.Length, First = (nint)first };
            return TrySet(socket, AttachFilter, MemoryMarshal.AsBytes(new ReadOnlySpan<Whole>(ref whole)));
        }
    }

    /// <summary>Drops nothing any more.</summary>
    public static bool TryDetach(Socket socket) => TrySet(socket, DetachFilter, new byte[sizeof(int)]);

    private static uint Index(string name) => LibC.TryInterfaceIndex(name, out int index) ? (uint)index : 0;

    private static bool TrySet(Socket socket, int option, ReadOnlySpan<byte> value)
    {
        try
        {
            socket.SetRawSocketOption(SocketLevel, option, value);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>struct sock_filter: code, where to go if it holds and if not, operand.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte ifEqual, uint operand)
    {
        public readonly ushort Code = code;
        public readonly byte IfEqual = ifEqual;
        public readonly byte Otherwise;
        public readonly uint Operand = operand;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Whole
    {
        public ushort Length;
        public nint First;
    }
}
