using System.Globalization;
using System.Text;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Msn;

/// <summary>A connection as commands.</summary>
internal sealed class MsnStream(TcpConnection connection)
{
    private const int ReadAtOnce = 16_384;

    private readonly List<byte> _unread = [];
    private int _transaction;

    public TcpConnection Connection => connection;

    /// <summary>The next number of a command of the client's.</summary>
    public int NextTransaction() => ++_transaction;

    public void Send(string line) => connection.Send(Encoding.Latin1.GetBytes($"{line}\r\n"));

    /// <summary>A line and what follows it, of the length that it ends with.</summary>
    public void Send(string line, ReadOnlySpan<byte> payload) =>
        connection.Send([.. Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{line} {payload.Length}\r\n")), .. payload]);

    /// <summary>The next command; null at the end.</summary>
    public async Task<MsnCommand?> ReadAsync()
    {
        if (await ReadLineAsync() is not { } line)
        {
            return null;
        }

        string[] words = line.Split(' ');
        int length = words[0] == "MSG" ? int.Parse(words[^1], CultureInfo.InvariantCulture) : 0;
        return await ReadBytesAsync(length) is { } payload ? new MsnCommand(words, payload) : null;
    }

    public async Task<string?> ReadLineAsync()
    {
        int end;
        while ((end = _unread.IndexOf((byte)'\n')) < 0)
        {
            if (!await FillAsync())
            {
                return null;
            }
        }

        return Encoding.Latin1.GetString(Take(end + 1)).TrimEnd('\r', '\n');
    }

    public async Task<byte[]?> ReadBytesAsync(int length)
    {
        while (_unread.Count < length)
        {
            if (!await FillAsync())
            {
                return null;
            }
        }

        return Take(length);
    }

    private byte[] Take(int length)
    {
        byte[] bytes = [.. _unread[..length]];
        _unread.RemoveRange(0, length);
        return bytes;
    }

    private async Task<bool> FillAsync()
    {
        byte[] bytes = await connection.ReadSomeAsync(ReadAtOnce);
        _unread.AddRange(bytes);
        return bytes.Length > 0;
    }
}
