using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>
/// A fixed set of buffers that one call fills with several messages. The memory is pinned for its whole life, so that the
/// addresses in the kernel's structures stay right; pages that no message reached are never touched.
/// </summary>
internal sealed class ReceiveBuffers
{
    private readonly byte[] _memory;
    private readonly IoVector[] _vectors;
    private readonly MultipleMessageHeader[] _headers;
    private readonly int _size;

    /// <summary>Makes them.</summary>
    /// <param name="count">How many messages at most come in one call.</param>
    /// <param name="size">How many bytes each may have.</param>
    public ReceiveBuffers(int count, int size)
    {
        _size = size;
        _memory = GC.AllocateUninitializedArray<byte>(count * size, pinned: true);
        _vectors = GC.AllocateArray<IoVector>(count, pinned: true);
        _headers = GC.AllocateArray<MultipleMessageHeader>(count, pinned: true);
        for (int i = 0; i < count; i++)
        {
            _vectors[i].Base = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, i * size);
            _vectors[i].Length = (nuint)size;
            _headers[i].Message.Vectors = Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, i);
            _headers[i].Message.VectorCount = 1;
        }
    }

    /// <summary>How many messages at most come in one call.</summary>
    public int Count => _headers.Length;

    /// <summary>Takes what waits, without waiting for more.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="waits">True to wait for a first message, as long as the socket's reads wait.</param>
    /// <param name="count">How many messages came.</param>
    /// <returns>Why none came.</returns>
    public Errno Receive(SafeFileHandle socket, bool waits, out int count)
    {
        count = LibC.ReceiveMany(socket, _headers, (uint)_headers.Length, waits ? LibC.WaitForOne : LibC.DoNotWait, timeout: 0);
        if (count >= 0)
        {
            return Errno.None;
        }

        count = 0;
        return LibC.LastError;
    }

    /// <summary>The bytes of a message of the last call, in place; cut to the buffer's size if it was longer.</summary>
    /// <param name="index">Below the count of that call.</param>
    public Span<byte> this[int index] => _memory.AsSpan(index * _size, (int)Math.Min(_headers[index].Received, (uint)_size));

    /// <summary>True if a message of the last call was longer than its buffer.</summary>
    /// <param name="index">Below the count of that call.</param>
    public bool IsTruncated(int index) => (_headers[index].Message.Flags & LibC.MessageTruncated) != 0;
}
