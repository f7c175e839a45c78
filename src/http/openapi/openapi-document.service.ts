import { Injectable, type INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Settings } from '../../config/settings';
import { VAULT_ACCESS_COOKIE } from '../cookies';
import { ACCESS_TOKEN_HEADER } from './api-access-token.decorator';
import { describeFolders } from './api-folder.decorator';
import { toOpenApi31 } from './openapi-31';
import { addOperation, modelsOf, type SharedOperation } from './shared-operation';

/** The API's description, made when somebody first asks for it. */
@Injectable()
export class OpenApiDocument {
  private application: INestApplication | null = null;
  private document: OpenAPIObject | null = null;
  private readonly shared: SharedOperation[] = [];

  constructor(private readonly settings: Settings) {}

  /** Called once where the application is made: the routes are read from it. */
  attach(application: INestApplication): void {
    this.application = application;
  }

  /** Describes what a contract answers at a path of another. */
  share(...operations: readonly SharedOperation[]): void {
    this.shared.push(...operations);
  }

  get(): OpenAPIObject {
    this.document ??= this.make();
    return this.document;
  }

  private make(): OpenAPIObject {
    if (!this.application) throw new Error('the OpenAPI document was not attached to the application');
    const options = new DocumentBuilder()
      .setTitle('Latchkey')
      .setDescription('Identity service: accounts, sessions, and the way back in.')
      .setVersion('1')
      .setOpenAPIVersion('3.1.0')
      .addServer(this.settings.publicUrl)
      .addBearerAuth()
      .addApiKey({ type: 'apiKey', in: 'header', name: ACCESS_TOKEN_HEADER }, ACCESS_TOKEN_HEADER)
      .addCookieAuth(VAULT_ACCESS_COOKIE, { type: 'apiKey', in: 'cookie' }, VAULT_ACCESS_COOKIE)
      .build();
    const extraModels = this.shared.flatMap(modelsOf);
    const document = SwaggerModule.createDocument(this.application, options, { extraModels });
    for (const operation of this.shared) addOperation(document, operation);
    describeFolders(document);
    return toOpenApi31(document);
  }
}
