import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { motoPath, startMoto } from '../../kit/storage/moto.ts'
import { openPrefix, type S3Server, s3Server } from '../../kit/storage/s3-kind.ts'
import { storageSuite } from '../../kit/storage-suite.ts'

/**
 * What Storage promises, on servers that speak S3. fauxqs comes with npm; it keeps no conditions
 * and sorts as people do. moto keeps conditions and byte order, and comes with Python.
 */
describe('with fauxqs', () => {
  let fauxqs: FauxqsServer
  let server: S3Server
  beforeAll(async () => {
    fauxqs = await startFauxqs({ port: 0, logger: false })
    server = await s3Server(`http://127.0.0.1:${fauxqs.port}`)
  })
  afterAll(() => fauxqs.stop())

  storageSuite({
    name: 'S3 (fauxqs)',
    isCreateExact: false,
    isOrderExact: false,
    manyObjects: 2_500,
    open: () => openPrefix(server),
  })
})

if (motoPath === null) {
  test.skip('with moto: ESCAPEMENT_MOTO names no moto_server, conditional writes are not tried')
} else {
  const path = motoPath
  describe('with moto', () => {
    let moto: Awaited<ReturnType<typeof startMoto>>
    let server: S3Server
    beforeAll(async () => {
      moto = await startMoto(path)
      server = await s3Server(moto.endpoint)
    })
    afterAll(() => moto.stop())

    storageSuite({
      name: 'S3 (moto)',
      isCreateExact: true,
      isOrderExact: true,
      manyObjects: 1_100,
      open: () => openPrefix(server),
    })
  })
}
