using System.Security.Cryptography;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.World;

/// <summary>Bytes that are not OSCAR, from a client to a server and back over one connection.</summary>
internal static class RawTransfer
{
    private const int Piece = 1 << 16;
    private const long Limit = 20 * Simulation.Second;

    /// <summary>The client connects and sends its bytes; the server takes them and answers with its own; both hang up.</summary>
    /// <returns>What arrived at either end, as SHA-256, equals what was sent.</returns>
    public static bool IsWhole(Host client, Host server, ushort port, byte[] request, byte[] answer)
    {
        Simulation programs = client.Simulation;
        Task<(string, string)> done = programs.Do(() => RunAsync(client, server, port, request, answer));
        return done.Wait(TimeSpan.FromSeconds(60)) && done.Result == (Hash(request), Hash(answer));
    }

    private static async Task<(string Request, string Answer)> RunAsync(Host client, Host server, ushort port, byte[] request, byte[] answer)
    {
        TcpListener listener = server.Listen(port) ?? throw new InvalidOperationException($"{port} is taken");
        Task<string> served = ServeAsync(listener, request.Length, answer);
        TcpConnection connection = await client.ConnectAsync(new Ipv4Endpoint(server.Address, port), Limit)
            ?? throw new InvalidOperationException("no connection");
        connection.Send(request);
        string got = Hash(await connection.ReadExactAsync(answer.Length) ?? []);
        connection.Close();
        string asked = await served;
        listener.Close();
        return (asked, got);
    }

    private static async Task<string> ServeAsync(TcpListener listener, int length, byte[] answer)
    {
        TcpConnection connection = await listener.AcceptAsync() ?? throw new InvalidOperationException("nobody came");
        string asked = Hash(await connection.ReadExactAsync(length) ?? []);
        for (int at = 0; at < answer.Length; at += Piece)
        {
            connection.Send(answer.AsSpan(at, Math.Min(Piece, answer.Length - at)));
            await connection.FlushAsync();
        }

        connection.Close();
        return asked;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
